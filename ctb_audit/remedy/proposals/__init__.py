"""From one finding to the changes that repair it, by the check that found it."""

from ctb_audit.remedy.proposals import guards, keys, required, security, tracking
from ctb_audit.remedy.proposals.site import PROPOSALS, Proposal, Site

__all__ = ["PROPOSALS", "Proposal", "Site", "guards", "keys", "required", "security", "tracking"]
