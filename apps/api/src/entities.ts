import { GlobalTagStatus } from './global-tag-status/global-tag-status.entity.js';
import { GlobalTag } from './global-tag/global-tag.entity.js';
import { PayloadIov } from './payload-iov/payload-iov.entity.js';
import { PayloadListId } from './payload-list/payload-list-id.entity.js';
import { PayloadList } from './payload-list/payload-list.entity.js';
import { PayloadType } from './payload-type/payload-type.entity.js';

/** The tables, each as a class. */
export const ENTITIES = [
  GlobalTagStatus,
  GlobalTag,
  PayloadType,
  PayloadListId,
  PayloadList,
  PayloadIov,
];
