//! The echo index (stub until its branch lands).
use crate::ledger::Change;
use crate::trouble::Result;
/// Tables.
pub const SCHEMA: &str = "";
impl Change<'_> {
    /// Takes a card out of the index.
    pub fn unlearn(&self, _card: i64) -> Result<()> {
        Ok(())
    }
}
