/**
 * The repository as the tidy rules see it: text files by path, read from the working tree. No git, so that it works in an unpacked archive too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', 'data', '.git']);
const TEXT = /\.(ts|mts|cts|js|mjs|cjs|json|md|proto|yml|yaml|txt|sh|sql)$|(^|\/)(\.ci\/[^/]+|\.npmrc|\.gitignore|\.gitattributes|\.editorconfig|LICENSE)$/;
/** The root: the nearest folder above this file that holds a package.json and is not dist/. */
export function repositoryRoot() {
    const here = dirname(fileURLToPath(import.meta.url));
    const up = join(here, '..', '..');
    return up.endsWith(`${sep}dist`) || up.endsWith('/dist') ? join(up, '..') : up;
}
export function readRepository(root = repositoryRoot()) {
    const files = [];
    const walk = (folder) => {
        for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
            const full = join(folder, entry.name);
            if (entry.isDirectory()) {
                if (!SKIPPED_FOLDERS.has(entry.name))
                    walk(full);
                continue;
            }
            const path = relative(root, full).split(sep).join('/');
            if (entry.isFile() && TEXT.test(path))
                files.push({ path, text: readFileSync(full, 'utf8') });
        }
    };
    walk(root);
    return files;
}
//# sourceMappingURL=repository.js.map