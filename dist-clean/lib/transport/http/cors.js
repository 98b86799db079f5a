import { Header } from './http-limits.js';
const PREFLIGHT_SECONDS = 600;
const REQUEST_HEADERS = ['authorization', 'content-type', 'last-event-id', Header.TIMEOUT_MS].join(', ');
export class Cors {
    option;
    constructor(option) {
        this.option = option;
    }
    /** Headers for the answer; null: this origin is refused. */
    headersFor(request) {
        const { origin, host } = request.headers;
        const vary = this.option === false ? {} : { vary: 'origin' };
        if (origin === undefined || isOwn(origin, host))
            return vary;
        if (this.option === true || (Array.isArray(this.option) && this.option.includes(origin)))
            return { ...vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' };
        return null;
    }
    static isPreflight(request) {
        return (request.method === 'OPTIONS' && request.headers.origin !== undefined && request.headers['access-control-request-method'] !== undefined);
    }
    static preflightHeaders(verbs) {
        return {
            'access-control-allow-methods': verbs.join(', '),
            'access-control-allow-headers': REQUEST_HEADERS,
            'access-control-max-age': String(PREFLIGHT_SECONDS),
        };
    }
}
function isOwn(origin, host) {
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
//# sourceMappingURL=cors.js.map