/**
 * A disk whose power can be cut: an ext4 image, mounted through a loop device, whose file stands on another mounted image.
 *
 * What a cut must keep is what the kernel has handed to the device by then; what stands in the page cache of the mounted file system, because
 * nobody synced it, must be missing. A copy of the image's file is exactly that, if it is made at one instant: a copy that is torn (its
 * journal of one moment, its data of another) is a state that no power cut leaves. So the outer file system is frozen for the copy: no write
 * to the image's file begins or is under way, the victim runs on, and the inner file system is not synced by it (freezing that would be).
 *
 * Not shown by it: a drive that loses what it was handed and not told to flush. ext4 sends the flush with every fsync; the count of fsyncs is
 * what says that they are asked for (case `sync-count`).
 */
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mount, run } from './machine.js';
const MIB = 1024 * 1024;
export class PowerSupply {
    machine;
    imageBytes;
    outer;
    outerImage;
    current;
    generation = 0;
    constructor(machine, imageBytes = 512 * MIB) {
        this.machine = machine;
        this.imageBytes = imageBytes;
        this.outerImage = machine.newImagePath('outer');
        newImage(this.outerImage, 3 * imageBytes);
        this.outer = mount(machine, this.outerImage, machine.newFolder('outer'), '-o', 'loop');
        this.current = this.plug(this.newInner());
    }
    /** Where the disk is mounted now. */
    get path() {
        return this.current.disk.path;
    }
    /** The disk as it would be found after a power cut at this instant, mounted (which replays its journal) beside the one in use. */
    cut() {
        const copy = join(this.outer.path, `disk-${++this.generation}.img`);
        // The copy is made outside the frozen file system, and moved in afterwards.
        const outside = this.machine.newImagePath('cut');
        const thaw = this.machine.onRelease(() => void run('fsfreeze', '--unfreeze', this.outer.path));
        run('fsfreeze', '--freeze', this.outer.path);
        try {
            run('cp', '--sparse=always', this.current.image, outside);
        }
        finally {
            thaw();
        }
        run('cp', '--sparse=always', outside, copy);
        rmSync(outside);
        const found = this.plug(copy);
        return {
            path: found.disk.path,
            switchOver: () => {
                const old = this.current;
                this.current = found;
                unplug(old);
            },
            discard: () => unplug(found),
        };
    }
    release() {
        unplug(this.current);
        this.outer.release();
        rmSync(this.outerImage, { force: true });
    }
    newInner() {
        const image = join(this.outer.path, 'disk-0.img');
        newImage(image, this.imageBytes);
        return image;
    }
    plug(image) {
        return { image, disk: mount(this.machine, image, this.machine.newFolder('disk'), '-o', 'loop') };
    }
}
function unplug({ image, disk }) {
    disk.release();
    if (existsSync(image))
        rmSync(image);
}
/** A sparse file with an empty ext4 in it. */
export function newImage(path, bytes) {
    writeFileSync(path, '');
    truncateSync(path, bytes);
    run('mkfs.ext4', '-q', '-F', '-m', '0', path);
}
//# sourceMappingURL=power.js.map