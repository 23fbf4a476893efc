import type { Timestamp } from "firebase-admin/firestore";

/** A draft that several people edit at once, in `imo_drafts`. */
export interface IMODraft {
  id: string;
  userId: string;
  name: string;
  content: unknown;
  status: "editing" | "client" | "published";
  lastEditedAt: Timestamp;

  heirId: string;
  processId: string;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  createdBy: string;
  orbtLayer: number;
  blueprintVersion: string;
}
