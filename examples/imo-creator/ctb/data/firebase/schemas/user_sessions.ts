import type { Timestamp } from "firebase-admin/firestore";

/** A signed-in device; one document a session in `users_sessions`. */
export interface UserSession {
  id: string;
  userId: string;
  deviceInfo: {
    browser: string;
    os: string;
    ip: string;
  };
  expiresAt: Timestamp;

  heirId: string;
  processId: string;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  createdBy: string;
  orbtLayer: number;
  blueprintVersion: string;
}
