import { RaftoralError } from '../../errors/index.js';
export class BodyBudget {
    bytesMax;
    used = 0;
    constructor(bytesMax) {
        this.bytesMax = bytesMax;
    }
    /** Rejects with PAYLOAD_TOO_LARGE, OVERLOADED, or MALFORMED_FRAME if the body ends before its end. */
    read(message, max, isIncoming = true) {
        const announced = Number(message.headers['content-length'] ?? 0);
        if (announced > max)
            return Promise.reject(tooLarge(max));
        return new Promise((resolve, reject) => {
            const chunks = [];
            let bytes = 0;
            let settled = false;
            const settle = (report) => {
                if (settled)
                    return;
                settled = true;
                this.used -= bytes;
                message.off('data', onData);
                report();
            };
            const onData = (chunk) => {
                bytes += chunk.length;
                this.used += chunk.length;
                if (bytes > max)
                    settle(() => reject(tooLarge(max)));
                else if (isIncoming && this.used > this.bytesMax)
                    settle(() => reject(new RaftoralError('OVERLOADED', `bodies of ${this.bytesMax} bytes are being received at once; send it later`)));
                else
                    chunks.push(chunk);
            };
            message.on('data', onData);
            message.on('end', () => settle(() => resolve(joined(chunks, bytes))));
            message.on('close', () => settle(() => reject(new RaftoralError('MALFORMED_FRAME', 'the body ended before its end'))));
            message.on('error', (cause) => settle(() => reject(new RaftoralError('MALFORMED_FRAME', 'the body could not be read', { cause }))));
        });
    }
}
/** In a buffer of its own: a chunk is a view of the socket's pool. */
function joined(chunks, bytes) {
    const body = new Uint8Array(bytes);
    let position = 0;
    for (const chunk of chunks) {
        body.set(chunk, position);
        position += chunk.length;
    }
    return body;
}
function tooLarge(max) {
    return new RaftoralError('PAYLOAD_TOO_LARGE', `the body has more than ${max} bytes, which is the most that is taken here`);
}
//# sourceMappingURL=body.js.map