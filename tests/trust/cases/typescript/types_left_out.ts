export interface User { id: ; tags?: string[]; a: & ; b: () }
const S = z.object({ ... , id: (/* c */) });
import { as x } from './m';
