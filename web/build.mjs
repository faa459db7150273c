// Builds web/static/dist from the npm packages and from nhs/assets: compiles the style sheet, copies scripts and pictures,
// puts a digest into each name, writes manifest.json (name → name with digest) and a gzip copy of what compresses.
// The same input gives the same bytes.

import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as sass from 'sass'

const root = dirname(fileURLToPath(import.meta.url))
const out = join(root, 'static', 'dist')
const kept = new Set(['placeholder.txt'])
const manifest = {}

const fromPackage = (...path) => readFile(join(root, 'node_modules', ...path))
const ours = (name) => readFile(join(root, 'nhs', 'assets', name))

// add writes one file under its fingerprinted name and returns that name.
async function add(name, content) {
  const bytes = Buffer.from(content)
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const extension = extname(name)
  const named = `${name.slice(0, -extension.length)}.${digest}${extension}`
  await writeFile(join(out, named), bytes)
  if (['.css', '.js', '.svg'].includes(extension)) {
    await writeFile(join(out, `${named}.gz`), gzipSync(bytes, { level: 9 }))
  }
  manifest[name] = named
  return named
}

async function empty() {
  await mkdir(out, { recursive: true })
  for (const name of await readdir(out)) {
    if (!kept.has(name)) await rm(join(out, name), { recursive: true })
  }
}

// styles compiles our style sheet, which includes NHS.UK frontend without its font, and points its pictures at fingerprinted files.
async function styles() {
  const compiled = sass.compile(join(root, 'nhs', 'assets', 'app.scss'), {
    loadPaths: [join(root, 'node_modules')],
    style: 'compressed',
    quietDeps: true
  })
  let css = compiled.css
  const pictures = new Set([...css.matchAll(/url\("?\/assets\/images\/([\w.-]+)"?\)/g)].map((found) => found[1]))
  for (const picture of [...pictures].sort()) {
    const named = await add(picture, await fromPackage('nhsuk-frontend', 'dist', 'nhsuk', 'assets', 'images', picture))
    css = css.replaceAll(`/assets/images/${picture}`, named)
  }
  const elsewhere = css.match(/(url\(|@import)[^;)]*\/\/[^;)]*/)
  if (elsewhere) throw new Error(`the style sheet asks another host for something: ${elsewhere[0]}`)
  await add('app.css', css)
}

const withoutSourceMap = (script) => script.toString().replace(/\/\/# sourceMappingURL=.*\s*$/, '')

// modules are our scripts that app.js imports: each is one module that imports nothing itself.
async function modules() {
  const names = await readdir(join(root, 'nhs', 'assets'))
  return names.filter((name) => name.endsWith('.js') && !['app.js', 'early.js'].includes(name)).sort()
}

async function scripts() {
  const frontend = await add('nhsuk-frontend.js',
    withoutSourceMap(await fromPackage('nhsuk-frontend', 'dist', 'nhsuk', 'nhsuk-frontend.min.js')))
  const autocomplete = await add('autocomplete.js',
    withoutSourceMap(await fromPackage('accessible-autocomplete', 'dist', 'accessible-autocomplete.min.js')))
  let app = (await ours('app.js')).toString()
    .replace('./nhsuk-frontend.js', `./${frontend}`)
    .replace('./autocomplete.js', `./${autocomplete}`)
  for (const module of await modules()) {
    if (app.includes(`'./${module}'`)) app = app.replaceAll(`'./${module}'`, `'./${await add(module, await ours(module))}'`)
  }
  await add('app.js', app)
  await add('early.js', await ours('early.js'))
}

async function pictures() {
  await add('favicon.svg', await ours('favicon.svg'))
}

await empty()
await styles()
await scripts()
await pictures()
await writeFile(join(out, 'manifest.json'), JSON.stringify(manifest, Object.keys(manifest).sort(), 2) + '\n')

// solver copies HiGHS, compiled to WebAssembly, to where it is embedded, and writes beside it what its functions are called there: the
// package gives them names of one or two letters that change from version to version.
async function solver() {
  const to = join(root, '..', 'internal', 'allocation', 'solve', 'highs', 'dist')
  const script = (await fromPackage('highs', 'build', 'highs.js')).toString()
  const exported = Object.fromEntries([...script.matchAll(/Module\["_(\w+)"\]=wasmExports\["([^"]+)"\]/g)].map((found) => [found[1], found[2]]))
  const start = script.match(/function initRuntime\(\)\{.*?wasmExports\["([^"]+)"\]\(\)/)
  const imports = script.match(/wasmImports=\{([^}]+)\}/)
  if (!start || !imports || !exported.Highs_create || !exported.malloc) throw new Error('the package highs is not built as expected')
  const imported = Object.fromEntries(imports[1].split(',').map((pair) => pair.split(':').reverse()))
  await writeFile(join(to, 'highs.wasm'), await fromPackage('highs', 'build', 'highs.wasm'))
  await writeFile(join(to, 'names.json'), JSON.stringify({ start: start[1], exported, imported }, null, 1) + '\n')
}

await solver()
