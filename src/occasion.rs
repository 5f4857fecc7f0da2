//! Why a card is due.
