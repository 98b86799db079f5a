import { RaftoralError } from '../../errors/index.js';
/** A request with a body that waits for leave to send it. */
const EXPECTING = 'checkContinue';
export class HttpMount {
    isMounted = true;
    restore;
    constructor(server, { owns, handle, onClosing }) {
        if (typeof server.emit !== 'function' || typeof server.close !== 'function')
            throw new RaftoralError('INVALID_CONFIGURATION', 'the application has no node:http server to stand in front of; set transport.listen instead');
        const { emit, close } = server;
        const isMounted = () => this.isMounted;
        const ourEmit = function (event, ...values) {
            if ((event === 'request' || event === EXPECTING) && isMounted() && owns(values[0])) {
                const response = values[1];
                if (event === EXPECTING)
                    response.writeContinue();
                handle(values[0], response);
                return true;
            }
            return Reflect.apply(emit, this, [event, ...values]);
        };
        const ourClose = function (callback) {
            if (isMounted())
                onClosing();
            return Reflect.apply(close, this, [callback]);
        };
        const had = { emit: Object.hasOwn(server, 'emit'), close: Object.hasOwn(server, 'close') };
        server.emit = ourEmit;
        server.close = ourClose;
        // Where somebody put theirs over ours, ours stays below it and passes everything on.
        this.restore = () => {
            if (server.emit === ourEmit && had.emit)
                server.emit = emit;
            else if (server.emit === ourEmit)
                Reflect.deleteProperty(server, 'emit');
            if (server.close === ourClose && had.close)
                server.close = close;
            else if (server.close === ourClose)
                Reflect.deleteProperty(server, 'close');
        };
    }
    unmount() {
        if (!this.isMounted)
            return;
        this.isMounted = false;
        this.restore();
    }
}
//# sourceMappingURL=http-mount.js.map