import { z } from "zod";

export const UserSchema = z.object({
  id: z.number().int().positive(),
  email: z.string().email(),
  name: z.string().min(1).max(255).optional(),
  role: z.enum(["user", "admin", "moderator"]),
  heir_id: z.string().regex(/^HEIR-\d{4}-\d{2}-USER-AUTH-\d{2}$/),
  process_id: z.string().regex(/^PRC-AUTH-\d{10}$/),
  created_at: z.date(),
  updated_at: z.date(),
});
