import { Injectable } from '@nestjs/common';
import { RaftoralError, isRaftoralError } from '@raftoral/nestjs';

@Injectable()
export class AppService {
  /** What of this package the host can see, hear and recognise. */
  refuse(): { code: string; httpStatus: number; ours: boolean } {
    try {
      throw new RaftoralError('UNKNOWN_WORKFLOW', 'process_order@1 is registered nowhere');
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      return { code: error.code, httpStatus: error.httpStatus, ours: error instanceof RaftoralError };
    }
  }
}
