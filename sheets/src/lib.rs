//! soon
#[derive(Clone, Debug)] pub enum Cell { Text(String) }
