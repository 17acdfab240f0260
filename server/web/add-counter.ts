import { Counter, type Registry } from "prom-client";

/** What a counter of {@link addCounter} is called. */
export interface CounterName {
  name: string;
  help: string;
}

/** Shows a count that is kept elsewhere, read when somebody asks. */
export function addCounter(registry: Registry, { name, help }: CounterName, value: () => number): void {
  new Counter({
    ...{ name, help, registers: [registry] },
    collect() {
      this.reset();
      this.inc(value());
    },
  });
}
