//! Organizations drawn by hand and by chance, of which it is known who can come to what.

mod beware;
mod estate;
mod naive;
mod newcomers;
mod planted;
mod review;
mod scenarios;
mod sources;
mod tags;
mod unread;
mod whole;
