import { Empty, Flex, Grid, Pagination, Skeleton, Table, type TableColumnType, type TableProps } from "antd";
import { type Key, type ReactNode, useState } from "react";

interface RowsProps<T> extends TableProps<T> {
  columns: TableColumnType<T>[];
  /** How many columns make the head of a card; the others stand below it, each after its title. */
  head?: number;
}

/** A table; on a phone a card for each row, so that nothing is come to by scrolling sideways. */
export function Rows<T extends object>({ head = 1, ...table }: RowsProps<T>) {
  const { md } = Grid.useBreakpoint();
  return md === false ? <Cards head={head} {...table} /> : <Table<T> {...table} />;
}

function Cards<T extends object>(props: RowsProps<T>) {
  const { dataSource = [], columns, head = 1, pagination, loading, locale, rowKey } = props;
  const [page, setPage] = useState(1);
  if (loading) return <Skeleton active />;
  const size = (pagination && pagination.pageSize) || dataSource.length || 1;
  const last = Math.max(1, Math.ceil(dataSource.length / size));
  const first = (Math.min(page, last) - 1) * size;
  if (!dataSource.length) return emptyWords(locale?.emptyText);
  return (
    <>
      <ul className="cards">
        {dataSource.slice(first, first + size).map((row, place) => {
          const cells = columns.map((column) => ({ title: titleOf(column), cell: cellOf(column, row, first + place) }));
          const below = cells.slice(head).filter(({ cell }) => cell !== null && cell !== undefined && cell !== "" && cell !== false);
          return (
            <li key={keyOf(rowKey, row)} className="card-row">
              <div className="card-head">
                {cells.slice(0, head).map(({ title, cell }) => (
                  <div key={title}>{cell}</div>
                ))}
              </div>
              <dl>
                {below.map(({ title, cell }) => (
                  <div key={title}>
                    <dt>{title}</dt>
                    <dd>{cell}</dd>
                  </div>
                ))}
              </dl>
            </li>
          );
        })}
      </ul>
      {last > 1 && (
        <Flex justify="center" className="gap-above no-print">
          <Pagination simple={{ readOnly: true }} current={Math.min(page, last)} pageSize={size} total={dataSource.length} onChange={setPage} />
        </Flex>
      )}
    </>
  );
}

function titleOf<T>(column: TableColumnType<T>): string {
  return typeof column.title === "string" ? column.title : "";
}

function cellOf<T extends object>(column: TableColumnType<T>, row: T, place: number): ReactNode {
  const value = typeof column.dataIndex === "string" ? (row as Record<string, unknown>)[column.dataIndex] : row;
  return (column.render ? column.render(value, row, place) : value) as ReactNode;
}

function keyOf<T extends object>(rowKey: TableProps<T>["rowKey"], row: T): Key {
  return typeof rowKey === "function" ? rowKey(row) : ((row as Record<string, unknown>)[String(rowKey)] as Key);
}

function emptyWords(said: unknown): ReactNode {
  return typeof said === "string" ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={said} /> : (said as ReactNode);
}
