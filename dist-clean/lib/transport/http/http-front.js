import { answerError, answerJson, HttpRefusal } from './answers.js';
import { DEFAULT_PATH } from './http-limits.js';
import { RaftoralError } from '../../errors/index.js';
export class HttpFront {
    options;
    path;
    /** Answers under `<path>/v1`; null until there is a node to ask. */
    control = null;
    constructor(options) {
        this.options = options;
        this.path = checkPath(options.path);
    }
    owns(request) {
        const url = request.url ?? '';
        return url.startsWith(this.path) && (url.length === this.path.length || url[this.path.length] === '/' || url[this.path.length] === '?');
    }
    handle(request, response) {
        const url = request.url ?? '';
        const query = url.indexOf('?');
        const path = url.slice(this.path.length, query < 0 ? undefined : query);
        // A response that breaks ends its own call; it is no matter of the process.
        response.on('error', () => request.destroy());
        if (path === '/health')
            return this.answerHealth(request, response);
        if (path === '/peer' || path.startsWith('/peer/'))
            return this.options.peers.handle(path.slice('/peer'.length), request, response);
        if (path === '/v1' || path.startsWith('/v1/')) {
            if (this.control === null)
                return answerError(response, new RaftoralError('NOT_MEMBER', 'this node serves no control API, or not yet'));
            return this.control.handle(path.slice('/v1'.length), request, response);
        }
        // Not even which routes there are is said to who has no credentials.
        if (this.control !== null)
            return this.control.handle(`/..${path}`, request, response);
        answerError(response, new HttpRefusal(404, 'INVALID_ARGUMENT', 'there is no such route'));
    }
    answerHealth(request, response) {
        request.resume();
        if (request.method !== 'GET' && request.method !== 'HEAD')
            return answerError(response, new HttpRefusal(405, 'INVALID_ARGUMENT', 'the health check takes GET', { allow: 'GET, HEAD' }));
        const isServing = this.options.isServing();
        answerJson(response, isServing ? 200 : 503, { status: isServing ? 'serving' : 'not-serving' });
    }
}
/** `/a/b`, without a slash at its end. Throws INVALID_CONFIGURATION. */
export function checkPath(path = DEFAULT_PATH) {
    if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(path))
        throw new RaftoralError('INVALID_CONFIGURATION', `transport.path '${path}' must be a path such as '${DEFAULT_PATH}': segments of letters, digits, '.', '_', '~', '-', and no slash at its end`);
    return path;
}
//# sourceMappingURL=http-front.js.map