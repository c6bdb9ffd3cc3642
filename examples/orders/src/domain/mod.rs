//! The domain: orders, goods in stock, payments, parcels, and the process that leads an order through them.

mod cents;
mod fulfilment;
mod order;
mod parcel;
mod payment;
mod shop;
mod stock;

pub use cents::Cents;
pub use fulfilment::Fulfilment;
pub use order::{CancelOrder, ConfirmOrder, Order, OrderError, OrderEvent, OrderId, PlaceOrder};
pub use parcel::{Parcel, ParcelEvent, ParcelId, SendParcel, send_what_is_confirmed};
pub use payment::{CardNetwork, Payment, PaymentError, PaymentEvent, PaymentId, TakePayment};
pub use shop::Shop;
pub use stock::{ReceiveGoods, ReleaseGoods, ReserveGoods, Sku, Stock, StockError, StockEvent};
