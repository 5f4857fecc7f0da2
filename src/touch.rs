//! What happened between the shop and a person.
