mod beware;
mod estate;
mod scenarios;
