// Types out, source map kept: what ts-loader, swc-loader and esbuild-loader do.
const { transform } = require("esbuild");

module.exports = function (source, inputMap) {
  const done = this.async();
  transform(source, { loader: "ts", sourcemap: "external", sourcefile: this.resourcePath, sourcesContent: true }).then(
    ({ code, map }) => done(null, code, inputMap ?? JSON.parse(map)),
    done,
  );
};
