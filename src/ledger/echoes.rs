//! The echo index (stub until its branch lands).
use crate::echo::{Draft, Earlier, Frequencies};
use crate::ledger::{Change, Ledger};
use crate::trouble::Result;
/// Tables.
pub const SCHEMA: &str = "";
impl Change<'_> {
    /// stub
    pub fn learn(&self, _card: i64, _new: &crate::ledger::cards::NewCard<'_>, _names: &[String]) -> Result<()> {
        Ok(())
    }
    /// Takes a card out of the index.
    pub fn unlearn(&self, _card: i64) -> Result<()> {
        Ok(())
    }
}
impl Ledger {
    /// stub
    pub fn frequencies(&self) -> Result<Frequencies> {
        Ok(Frequencies::default())
    }
    /// stub
    pub fn nearest_notes(&self, _draft: &Draft<'_>) -> Result<Vec<Earlier>> {
        Ok(Vec::new())
    }
}
