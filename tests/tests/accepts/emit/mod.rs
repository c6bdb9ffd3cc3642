pub mod forms;
pub mod values;
