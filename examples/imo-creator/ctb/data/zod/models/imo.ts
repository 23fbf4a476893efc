import { z } from "zod";

export const IMOSchema = z.object({
  id: z.number().int().positive(),
  imo_id: z.string().regex(/^imo_[a-f0-9-]+$/),
  user_id: z.number().int().positive(),
  name: z.string().min(1).max(255),
  description: z.string().optional(),
  budget: z.number().positive().optional(),
  status: z.enum(["draft", "active", "paused", "completed", "archived"]),
  heir_id: z.string().regex(/^HEIR-\d{4}-\d{2}-IMO-CREATE-\d{2}$/),
  process_id: z.string().regex(/^PRC-IMO-\d{10}$/),
});
