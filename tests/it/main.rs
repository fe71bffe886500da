//! The program as its users run it: command lines in, texts, exit codes and files out.
//!
//! Every case makes its samples and its configuration in a folder of its own and runs the binary
//! there, with an empty environment. What only reads a bundle shares one (`shared`).

mod bundle;
mod privacy;
mod program;
mod provinces;
mod samples;
mod shared;

mod any_bytes;
mod benchmarks;
mod bias;
mod bombs;
mod boundaries;
mod calendar;
mod campaign;
mod checks;
mod collapse;
mod comparison;
mod configuration;
mod contract;
mod coverage;
mod damage;
mod demo;
mod determinism;
mod direct;
mod docx;
mod driving;
mod duplicates;
mod edited;
mod exit_codes;
mod finalize;
mod fuzz;
mod hard_case;
mod history;
mod hostile;
mod html;
mod letters;
mod life;
mod monthly;
mod names;
mod operation;
mod operators;
mod partitions;
mod portable;
mod provenance;
mod recall;
mod reconciliation;
mod reform;
mod repeats;
mod replies;
mod reports;
mod revisions;
mod rules;
mod sandbox;
mod seats;
mod status;
mod types;
mod weighting;
