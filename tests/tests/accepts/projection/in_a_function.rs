// Rows and projections may be defined in a function, and come through macros.
use eventsourcing::prelude::*;

macro_rules! counts {
    ($row:ident, $table:literal, $projection:ident, $key:ty, $on:path, $field:ident) => {
        #[derive(Row, Debug)]
        #[row(table = $table)]
        struct $row {
            #[key]
            key: $key,
            count: u64,
        }

        #[derive(Default)]
        struct $projection;

        #[projection(name = $table, version = 1, row = $row, parallel_by = $field)]
        impl $projection {
            #[on($on)]
            fn counted(&self, $field: &$key, rows: &mut Rows<$row>) {
                rows.entry($field).count += 1;
            }
        }
    };
}

#[test]
fn it_runs() {
    #[derive(Event)]
    #[event(prefix = "page")]
    enum PageEvent {
        Visited {
            #[stream]
            page: StreamId,
            visitor: u32,
        },
    }

    counts!(VisitorRow, "visitors", Visitors, u32, PageEvent::Visited, visitor);
    counts!(PageRow, "pages", Pages, StreamId, PageEvent::Visited, page);

    let page = StreamId::new("page-home").unwrap();
    eventsourcing::testing::scenario()
        .projection(Visitors)
        .when([
            PageEvent::Visited {
                page: page.clone(),
                visitor: 7,
            },
            PageEvent::Visited { page, visitor: 7 },
        ])
        .then_row(VisitorRow { key: 7, count: 2 });
    let _ = Pages;
}
