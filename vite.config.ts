import { defineConfig } from "vite";

// Everything is a file of its own: the page's content policy allows nothing inline, and nothing from other hosts.
export default defineConfig({
  root: "viewer",
  base: "./",
  logLevel: "warn",
  build: {
    outDir: "../dist/viewer",
    emptyOutDir: true,
    target: ["chrome107", "firefox115", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    license: { fileName: "licenses.md" },
  },
});
