/** The JPEG in each of the pickles below, with bytes on both sides of what UTF-8 writes as one or two. */
export const PICKLED_JPEG: Buffer = Buffer.from("ffd8ffe000104a464946007f80bfc0c30affd9", "hex");

/** As CPython 3.11 wrote them, in Base64; the arrays' elements are of type uint8. */
const WRITTEN = {
  "numpy 1.24.2: array of shape (n,), protocol 2":
    "gAJjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJjX2NvZGVjcwplbmNvZGUK" +
    "cQNYAQAAAGJxBFgGAAAAbGF0aW4xcQWGcQZScQeHcQhScQkoSwFLE4VxCmNudW1weQpkdHlwZQpxC1gCAAAAdTFxDImIh3ENUnEOKEsD" +
    "WAEAAAB8cQ9OTk5K/////0r/////SwB0cRBiiWgDWB0AAADDv8OYw7/DoAAQSkZJRgB/woDCv8OAw4MKw7/DmXERaAWGcRJScRN0cRRi" +
    "Lg==",
  "numpy 1.24.2: array of shape (n, 1), protocol 2":
    "gAJjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJjX2NvZGVjcwplbmNvZGUK" +
    "cQNYAQAAAGJxBFgGAAAAbGF0aW4xcQWGcQZScQeHcQhScQkoSwFLE0sBhnEKY251bXB5CmR0eXBlCnELWAIAAAB1MXEMiYiHcQ1ScQ4o" +
    "SwNYAQAAAHxxD05OTkr/////Sv////9LAHRxEGKJaANYHQAAAMO/w5jDv8OgABBKRklGAH/CgMK/w4DDgwrDv8OZcRFoBYZxElJxE3Rx" +
    "FGIu",
  "numpy 1.24.2: array of shape (n,), protocol 3":
    "gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsT" +
    "hXEGY251bXB5CmR0eXBlCnEHWAIAAAB1MXEIiYiHcQlScQooSwNYAQAAAHxxC05OTkr/////Sv////9LAHRxDGKJQxP/2P/gABBKRklG" +
    "AH+Av8DDCv/ZcQ10cQ5iLg==",
  "numpy 1.24.2: array of shape (n, 1), protocol 3":
    "gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsT" +
    "SwGGcQZjbnVtcHkKZHR5cGUKcQdYAgAAAHUxcQiJiIdxCVJxCihLA1gBAAAAfHELTk5OSv////9K/////0sAdHEMYolDE//Y/+AAEEpG" +
    "SUYAf4C/wMMK/9lxDXRxDmIu",
  "numpy 1.24.2: array of shape (n,), protocol 4":
    "gASVmwAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMB" +
    "YpSHlFKUKEsBSxOFlGgDjAVkdHlwZZSTlIwCdTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYolDE//Y/+AAEEpGSUYAf4C/" +
    "wMMK/9mUdJRiLg==",
  "numpy 1.24.2: array of shape (n, 1), protocol 4":
    "gASVnQAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMB" +
    "YpSHlFKUKEsBSxNLAYaUaAOMBWR0eXBllJOUjAJ1MZSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0sAdJRiiUMT/9j/4AAQSkZJRgB/" +
    "gL/Awwr/2ZR0lGIu",
  "numpy 1.24.2: array of shape (n,), protocol 5":
    "gAWVhgAAAAAAAACMEm51bXB5LmNvcmUubnVtZXJpY5SMC19mcm9tYnVmZmVylJOUKJYTAAAAAAAAAP/Y/+AAEEpGSUYAf4C/wMMK/9mU" +
    "jAVudW1weZSMBWR0eXBllJOUjAJ1MZSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0sAdJRiSxOFlIwBQ5R0lFKULg==",
  "numpy 1.24.2: array of shape (n, 1), protocol 5":
    "gAWViAAAAAAAAACMEm51bXB5LmNvcmUubnVtZXJpY5SMC19mcm9tYnVmZmVylJOUKJYTAAAAAAAAAP/Y/+AAEEpGSUYAf4C/wMMK/9mU" +
    "jAVudW1weZSMBWR0eXBllJOUjAJ1MZSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0sAdJRiSxNLAYaUjAFDlHSUUpQu",
  "numpy 1.24.2: read-only array, protocol 5":
    "gAWVfwAAAAAAAACMEm51bXB5LmNvcmUubnVtZXJpY5SMC19mcm9tYnVmZmVylJOUKEMT/9j/4AAQSkZJRgB/gL/Awwr/2ZSMBW51bXB5" +
    "lIwFZHR5cGWUk5SMAnUxlImIh5RSlChLA4wBfJROTk5K/////0r/////SwB0lGJLE4WUjAFDlHSUUpQu",
  "numpy 1.24.2: array with gaps, protocol 5":
    "gAWVmwAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMB" +
    "YpSHlFKUKEsBSxOFlGgDjAVkdHlwZZSTlIwCdTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYolDE//Y/+AAEEpGSUYAf4C/" +
    "wMMK/9mUdJRiLg==",
  "bytes, protocol 2":
    "gAJjX2NvZGVjcwplbmNvZGUKcQBYHQAAAMO/w5jDv8OgABBKRklGAH/CgMK/w4DDgwrDv8OZcQFYBgAAAGxhdGluMXEChnEDUnEELg==",
  "bytearray, protocol 2":
    "gAJjX19idWlsdGluX18KYnl0ZWFycmF5CnEAY19jb2RlY3MKZW5jb2RlCnEBWB0AAADDv8OYw7/DoAAQSkZJRgB/woDCv8OAw4MKw7/D" +
    "mXECWAYAAABsYXRpbjFxA4ZxBFJxBYVxBlJxBy4=",
  "bytes, protocol 3": "gANDE//Y/+AAEEpGSUYAf4C/wMMK/9lxAC4=",
  "bytearray, protocol 3": "gANjYnVpbHRpbnMKYnl0ZWFycmF5CnEAQxP/2P/gABBKRklGAH+Av8DDCv/ZcQGFcQJScQMu",
  "bytes, protocol 4": "gASVFwAAAAAAAABDE//Y/+AAEEpGSUYAf4C/wMMK/9mULg==",
  "bytearray, protocol 4": "gASVNAAAAAAAAACMCGJ1aWx0aW5zlIwJYnl0ZWFycmF5lJOUQxP/2P/gABBKRklGAH+Av8DDCv/ZlIWUUpQu",
  "bytes, protocol 5": "gAWVFwAAAAAAAABDE//Y/+AAEEpGSUYAf4C/wMMK/9mULg==",
  "bytearray, protocol 5": "gAWVHgAAAAAAAACWEwAAAAAAAAD/2P/gABBKRklGAH+Av8DDCv/ZlC4=",
  "numpy 2.4.6: array of shape (n,), protocol 2":
    "gAJjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECY19jb2RlY3MKZW5jb2Rl" +
    "CnEDWAEAAABicQRYBgAAAGxhdGluMXEFhnEGUnEHh3EIUnEJKEsBSxOFcQpjbnVtcHkKZHR5cGUKcQtYAgAAAHUxcQyJiIdxDVJxDihL" +
    "A1gBAAAAfHEPTk5OSv////9K/////0sAdHEQYoloA1gdAAAAw7/DmMO/w6AAEEpGSUYAf8KAwr/DgMODCsO/w5lxEWgFhnESUnETdHEU" +
    "Yi4=",
  "numpy 2.4.6: array of shape (n, 1), protocol 2":
    "gAJjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECY19jb2RlY3MKZW5jb2Rl" +
    "CnEDWAEAAABicQRYBgAAAGxhdGluMXEFhnEGUnEHh3EIUnEJKEsBSxNLAYZxCmNudW1weQpkdHlwZQpxC1gCAAAAdTFxDImIh3ENUnEO" +
    "KEsDWAEAAAB8cQ9OTk5K/////0r/////SwB0cRBiiWgDWB0AAADDv8OYw7/DoAAQSkZJRgB/woDCv8OAw4MKw7/DmXERaAWGcRJScRN0" +
    "cRRiLg==",
  "numpy 2.4.6: array of shape (n,), protocol 3":
    "gANjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECQwFicQOHcQRScQUoSwFL" +
    "E4VxBmNudW1weQpkdHlwZQpxB1gCAAAAdTFxCImIh3EJUnEKKEsDWAEAAAB8cQtOTk5K/////0r/////SwB0cQxiiUMT/9j/4AAQSkZJ" +
    "RgB/gL/Awwr/2XENdHEOYi4=",
  "numpy 2.4.6: array of shape (n, 1), protocol 3":
    "gANjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECQwFicQOHcQRScQUoSwFL" +
    "E0sBhnEGY251bXB5CmR0eXBlCnEHWAIAAAB1MXEIiYiHcQlScQooSwNYAQAAAHxxC05OTkr/////Sv////9LAHRxDGKJQxP/2P/gABBK" +
    "RklGAH+Av8DDCv/ZcQ10cQ5iLg==",
  "numpy 2.4.6: array of shape (n,), protocol 4":
    "gASVnAAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRD" +
    "AWKUh5RSlChLAUsThZRoA4wFZHR5cGWUk5SMAnUxlImIh5RSlChLA4wBfJROTk5K/////0r/////SwB0lGKJQxP/2P/gABBKRklGAH+A" +
    "v8DDCv/ZlHSUYi4=",
  "numpy 2.4.6: array of shape (n, 1), protocol 4":
    "gASVngAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRD" +
    "AWKUh5RSlChLAUsTSwGGlGgDjAVkdHlwZZSTlIwCdTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYolDE//Y/+AAEEpGSUYA" +
    "f4C/wMMK/9mUdJRiLg==",
  "numpy 2.4.6: array of shape (n,), protocol 5":
    "gAWVhwAAAAAAAACME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbWJ1ZmZlcpSTlCiWEwAAAAAAAAD/2P/gABBKRklGAH+Av8DDCv/Z" +
    "lIwFbnVtcHmUjAVkdHlwZZSTlIwCdTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYksThZSMAUOUdJRSlC4=",
  "numpy 2.4.6: array of shape (n, 1), protocol 5":
    "gAWViQAAAAAAAACME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbWJ1ZmZlcpSTlCiWEwAAAAAAAAD/2P/gABBKRklGAH+Av8DDCv/Z" +
    "lIwFbnVtcHmUjAVkdHlwZZSTlIwCdTGUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LAHSUYksTSwGGlIwBQ5R0lFKULg==",
  "numpy 2.4.6: read-only array, protocol 5":
    "gAWVgAAAAAAAAACME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbWJ1ZmZlcpSTlChDE//Y/+AAEEpGSUYAf4C/wMMK/9mUjAVudW1w" +
    "eZSMBWR0eXBllJOUjAJ1MZSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0sAdJRiSxOFlIwBQ5R0lFKULg==",
  "numpy 2.4.6: array with gaps, protocol 5":
    "gAWVnAAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRD" +
    "AWKUh5RSlChLAUsThZRoA4wFZHR5cGWUk5SMAnUxlImIh5RSlChLA4wBfJROTk5K/////0r/////SwB0lGKJQxP/2P/gABBKRklGAH+A" +
    "v8DDCv/ZlHSUYi4=",
} as const;

/** Pickles of one JPEG, each with what it is and who wrote it. */
export const PYTHON_PICKLES: readonly (readonly [string, Buffer])[] = Object.entries(WRITTEN).map(
  ([title, base64]) => [title, Buffer.from(base64, "base64")] as const,
);
