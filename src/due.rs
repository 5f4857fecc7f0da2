//! People, history and today in; what is due out.
