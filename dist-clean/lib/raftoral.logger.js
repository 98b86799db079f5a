/**
 * What the engine says, through Nest's logger: levels as they are, facts behind the text. A `RAFTORAL_LOGGER` override replaces it.
 */
import { Logger as NestLogger } from '@nestjs/common';
export class RaftoralLogger {
    logger = new NestLogger('Raftoral');
    get isDebug() {
        return NestLogger.isLevelEnabled('verbose');
    }
    log(level, text, fields) {
        const line = fields === undefined || Object.keys(fields).length === 0 ? text : `${text} ${JSON.stringify(fields)}`;
        switch (level) {
            case 'debug':
                return this.logger.verbose(line);
            case 'info':
                return this.logger.log(line);
            case 'warn':
                return this.logger.warn(line);
            case 'error':
                return this.logger.error(line);
        }
    }
}
//# sourceMappingURL=raftoral.logger.js.map