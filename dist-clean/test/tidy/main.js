/**
 * The writing half of the tidy rules, run by `npm run fix`: docs/ERRORS.md, and sizes.json lowered to what shrank.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadErrorTable, renderErrorsPage } from './errors-page.js';
import { readRepository, repositoryRoot } from './repository.js';
import { shrunk } from './rules.js';
const root = repositoryRoot();
const table = await loadErrorTable((specifier) => import(specifier));
const page = join(root, 'docs/ERRORS.md');
if (table)
    writeFileSync(page, renderErrorsPage(table));
else
    rmSync(page, { force: true });
const sizesFile = join(root, 'test/tidy/sizes.json');
const before = readFileSync(sizesFile, 'utf8');
const after = `${JSON.stringify(shrunk(readRepository(root), JSON.parse(before)), null, 2)}\n`;
if (after !== before)
    writeFileSync(sizesFile, after);
//# sourceMappingURL=main.js.map