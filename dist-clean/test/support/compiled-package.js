/**
 * The package as it is installed, made of the sources as they stand: compiled once into a folder of its own, for specs that run its binary in processes.
 */
import { transformFileSync } from '@swc/core';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
export function compilePackage() {
    const folder = mkdtempSync(join(tmpdir(), 'raftoral-package-'));
    copyFileSync('package.json', join(folder, 'package.json'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const compile = (path) => {
        const target = join(folder, 'dist', path.replace(/\.ts$/, '.js'));
        mkdirSync(dirname(target), { recursive: true });
        const { code } = transformFileSync(path, {
            jsc: {
                target: 'es2023',
                parser: { syntax: 'typescript', decorators: true },
                transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
            },
            module: { type: 'es6' },
        });
        writeFileSync(target, code);
        return target;
    };
    for (const entry of readdirSync('lib', { recursive: true, encoding: 'utf8' })) {
        const path = join('lib', entry);
        if (/\.spec\.ts$/.test(path))
            continue;
        if (path.endsWith('.ts'))
            compile(path);
        else if (path.endsWith('.proto')) {
            mkdirSync(dirname(join(folder, 'dist', path)), { recursive: true });
            copyFileSync(path, join(folder, 'dist', path));
        }
    }
    return { folder, binary: join(folder, 'dist/lib/cli/main.js'), compile, remove: () => rmSync(folder, { recursive: true }) };
}
//# sourceMappingURL=compiled-package.js.map