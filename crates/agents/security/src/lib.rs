//! Looks for causes in certificates, access rights, service accounts and secret stores (SPEC §5, specialists).
