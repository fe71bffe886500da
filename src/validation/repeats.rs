//! Ids that more than one row has, found before rows are read as a whole.

use std::hash::{BuildHasher, Hasher};

use arrow::array::AsArray;
use hashbrown::HashSet;
use rayon::prelude::*;

use crate::error::Result;
use crate::import::{Samples, Section};

/// A key of a sample id. Two ids may share one: then their rows only take the longer way.
pub fn id_key(id: &str) -> u64 {
    let mut hasher = foldhash::fast::FixedState::default().build_hasher();
    hasher.write(id.as_bytes());
    hasher.finish()
}

/// The keys that occur more than once.
pub fn find(samples: &Samples, sections: &[(usize, &Section)]) -> Result<HashSet<u64>> {
    let keys = |(file, section): &(usize, &Section)| {
        let mut keys = Vec::new();
        samples.files[*file].read_only(section, "sample_id", &mut |batch| {
            let ids = batch.column(0).as_string_opt::<i32>();
            keys.extend(ids.into_iter().flatten().flatten().map(id_key));
            Ok(())
        })?;
        Ok(keys)
    };
    let found: Vec<Result<Vec<u64>>> = sections.par_iter().map(keys).collect();
    let mut keys: Vec<u64> = found.into_iter().collect::<Result<Vec<_>>>()?.concat();
    keys.par_sort_unstable();
    let repeated = keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    Ok(repeated.collect())
}
