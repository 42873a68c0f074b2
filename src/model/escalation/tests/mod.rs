mod beware;
mod estate;
mod naive;
mod planted;
mod scenarios;
