//! The law of this floor: what was written is read back as the same value, or it was refused. Tables show what each style
//! and media type looks like; generated values show that nothing else comes back.

mod bodies;
mod parameters;
mod shipped;
mod xml;
