//! The domain: orders, goods in stock, payments, parcels, and the process that leads an order through them.

mod fulfilment;
mod ids;
mod order;
mod parcel;
mod payment;
mod shop;
mod stock;

pub use fulfilment::Fulfilment;
pub use ids::{Cents, OrderId, Sku};
pub use order::{CancelOrder, ConfirmOrder, Order, OrderError, OrderEvent, PlaceOrder};
pub use parcel::{Parcel, ParcelError, ParcelEvent, SendParcel, send_what_is_confirmed};
pub use payment::{CardNetwork, Payment, PaymentError, PaymentEvent, PaymentId, TakePayment};
pub use shop::Shop;
pub use stock::{ReceiveGoods, ReleaseGoods, ReserveGoods, Stock, StockError, StockEvent};
