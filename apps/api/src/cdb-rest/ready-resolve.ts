import { Injectable } from '@nestjs/common';
import { parseInt64 } from '#iov';
import { type ReadyAnswer } from '../http/express-lane.js';
import { IovQueryService } from '../iov-query/iov-query.service.js';
import { DROP_IN_PREFIX } from './drop-in-form.js';

/** The resolve as clients write it: nothing encoded, nothing twice, in this order. */
const RESOLVE =
  /^\/payloadiovs\/?\?gtName=([\w.~-]{1,255})&majorIOV=(\d{1,40})&minorIOV=(\d{1,40})(&shape=dict)?$/;

const ROUTE = `${DROP_IN_PREFIX}/payloadiovs`;

/** Resolves that memory can answer, before they are routed. */
@Injectable()
export class ReadyResolve {
  constructor(private readonly query: IovQueryService) {}

  answer(url = ''): ReadyAnswer | undefined {
    if (!url.startsWith(DROP_IN_PREFIX)) return undefined;
    const asked = RESOLVE.exec(url.slice(DROP_IN_PREFIX.length));
    if (asked === null) return undefined;
    const [, tag = '', majorText = '', minorText = '', dict] = asked;
    const major = parseInt64(majorText);
    const minor = parseInt64(minorText);
    if (major === undefined || minor === undefined) return undefined;
    const shape = dict === undefined ? 'rows' : 'dict';
    const answer = this.query.ready(tag, { major, minor }, shape);
    return answer && { route: ROUTE, answer };
  }
}
