import { StreamError } from "./errors.js";
import { redactUrl } from "./redact.js";

const SHAPE =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<host>\[[^\]]*\]|[^:/?#@[\]]*)(?::(?<port>\d*))?\/?(?:\?(?<query>[^#]*))?$/i;

/** What a parameter must be: a whole number within limits, one of some words, a switch, or any text. */
export type ParameterRule =
  | { kind: "integer"; min: number; max: number }
  | { kind: "word"; words: readonly string[] }
  | { kind: "flag" }
  | { kind: "text" };

/** The value that a rule lets through. */
export type ParameterValue<Rule extends ParameterRule> = Rule extends { kind: "integer" }
  ? number
  : Rule extends { kind: "flag" }
    ? boolean
    : Rule extends { words: readonly (infer Word)[] }
      ? Word
      : string;

/** The parameters that a URL may carry, by name. */
export type ParameterRules = Record<string, ParameterRule>;
/** Those that one did carry. */
export type Parameters<Rules extends ParameterRules> = { [Name in keyof Rules]?: ParameterValue<Rules[Name]> };

/** A URL, taken apart. */
export interface StreamUrl {
  /** As given, but for passwords: to be shown. */
  text: string;
  /** In lower case. */
  scheme: string;
  /** Without the brackets of IPv6; empty where the URL names none. */
  host: string;
  port: number | undefined;
  query: URLSearchParams;
}

/**
 * Takes `scheme://host:port?parameters` apart. Unlike the URL class it allows an empty host, as in `tcp://:8000`.
 * @throws StreamError `invalid-url`
 */
export function parseStreamUrl(text: string): StreamUrl {
  const parts = SHAPE.exec(text)?.groups;
  if (!parts) throw invalid(redactUrl(text), "must look like scheme://host:port?name=value");
  const portText = parts.port ?? "";
  const port = portText === "" ? undefined : Number(portText);
  if (port !== undefined && port > 65535)
    throw invalid(redactUrl(text), `port ${portText} is not allowed; 0 to 65535 is`);
  return {
    text: redactUrl(text),
    scheme: (parts.scheme ?? "").toLowerCase(),
    host: (parts.host ?? "").replace(/^\[(.*)\]$/, "$1"),
    port,
    query: new URLSearchParams(parts.query ?? ""),
  };
}

/** `scheme://host:port`, IPv6 in brackets. */
export function formatStreamUrl(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * The URL's parameters, checked.
 * @throws StreamError `invalid-url` that names the parameter, its value and what is allowed
 */
export function readParameters<const Rules extends ParameterRules>(url: StreamUrl, rules: Rules): Parameters<Rules> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of url.query) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw invalid(url.text, `parameter "${name}" is unknown; allowed: ${Object.keys(rules).join(", ")}`);
    if (name in values) throw invalid(url.text, `parameter "${name}" is given twice`);
    const problem = check(rule, value);
    if (problem) throw invalid(url.text, `${name}=${value} is not allowed; it must be ${problem}`);
    values[name] = convert(rule, value);
  }
  return values as Parameters<Rules>;
}

function check(rule: ParameterRule, value: string): string | undefined {
  switch (rule.kind) {
    case "integer": {
      const fits = /^\d{1,15}$/.test(value) && Number(value) >= rule.min && Number(value) <= rule.max;
      return fits ? undefined : `a whole number from ${rule.min} to ${rule.max}`;
    }
    case "word":
      return rule.words.includes(value) ? undefined : `one of ${rule.words.join(", ")}`;
    case "flag":
      return ["", "0", "1"].includes(value) ? undefined : "0 or 1";
    case "text":
      return value === "" ? "some text" : undefined;
  }
}

function convert(rule: ParameterRule, value: string): unknown {
  if (rule.kind === "integer") return Number(value);
  return rule.kind === "flag" ? value !== "0" : value;
}

function invalid(text: string, problem: string): StreamError {
  return new StreamError("invalid-url", `${text}: ${problem}`, { details: { url: text } });
}
