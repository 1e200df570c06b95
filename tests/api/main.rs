//! The interface from the outside: every test has a database, a server and people of its own.

mod world;

mod fast_track;
