/** A Parquet file, written row group by row group: memory holds one of them. */
import {
  type BasicType,
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  schemaFromColumnData,
} from "hyparquet-writer";
import { VERSION } from "../../runtime/version.ts";
import type { Column, ColumnType, RowWriter, Value } from "./table.ts";

const GROUP_ROWS = 30_000;
const TYPES: Readonly<Record<ColumnType, BasicType>> = { whole: "INT64", text: "STRING", flag: "BOOLEAN" };

type Cell = bigint | string | boolean | null;

/** `write` takes the file's bytes piece by piece, valid during the call only. */
export function parquetWriter(columns: readonly Column[], write: (bytes: Uint8Array) => void): RowWriter {
  const buffer = new ByteWriter();
  const flush = () => {
    write(buffer.getBytes());
    buffer.index = 0;
  };
  const columnData = columns.map(({ name, type, nullable }): ColumnSource & { data: Cell[] } => ({
    name,
    type: TYPES[type],
    nullable,
    data: [],
  }));
  const file = new ParquetWriter({
    writer: Object.assign(buffer, { flush, finish: flush }),
    schema: schemaFromColumnData({ columnData }),
    createdBy: `z6c ${VERSION}`,
  });
  const endGroup = () => {
    if (columnData[0].data.length === 0) return;
    file.write({ columnData, rowGroupSize: GROUP_ROWS });
    for (const { data } of columnData) data.length = 0;
  };
  return {
    row(values) {
      for (let at = 0; at < values.length; at++) columnData[at].data.push(cell(values[at]));
      if (columnData[0].data.length === GROUP_ROWS) endGroup();
    },
    end() {
      endGroup();
      file.finish();
    },
  };
}

function cell(value: Value): Cell {
  return typeof value === "number" ? BigInt(value) : value;
}
