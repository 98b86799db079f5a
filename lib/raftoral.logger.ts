/**
 * What the engine says, through Nest's logger: levels as they are, facts behind the text. A `RAFTORAL_LOGGER` override replaces it.
 */
import { Logger as NestLogger } from '@nestjs/common';
import type { Logger, LogLevel } from './cluster/logger.js';

export class RaftoralLogger implements Logger {
  private readonly logger = new NestLogger('Raftoral');

  get isDebug(): boolean {
    return NestLogger.isLevelEnabled('verbose');
  }

  log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void {
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
