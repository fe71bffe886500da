//! What is due: from whom, to whom, by when, and what has not come.
//!
//! A monthly deadline is counted from the end of the period, so that it is right for calendar months
//! (day 15 of the month after) and for windows that end on day 14 (day 15 of the month itself). A
//! deadline never moves: one on a weekend or a holiday is only marked, so that people send earlier.

mod day_off;
mod deadline;
mod item;

pub use day_off::{DayOff, day_off};
pub use deadline::{Deadlines, last_day};
pub use item::{Item, State, due};
