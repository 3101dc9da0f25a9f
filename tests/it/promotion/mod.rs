//! What a promotion refuses, and what it lets pass: the specification of doors, read as tests.
//!
//! A team of several people moves versions of a model, trained on flights of 2013, from `dev` by way
//! of `staging` to `prod`. Each test names the demand that it shows; refusals are asserted by exit
//! code and stable code.

mod approvals;
mod by_hand;
mod clocks;
mod doors;
mod faults;
mod gone;
mod governance;
mod lost;
mod objects;
mod outside;
mod overtaken;
mod own_word;
mod predictions;
mod reconciled;
mod reports;
mod requests;
mod revoked;
mod roles;
mod rollback;
mod same_files;
mod team;
mod told;
mod untouched;
