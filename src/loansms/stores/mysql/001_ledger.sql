-- The contact ledger: attempts, registers, journal, vault and queue; the rules are those of loansms.stores.decide.
--
-- Times are whole microseconds since 1970-01-01T00:00Z. No column holds a phone, a name, a text or a code in the clear:
-- "wrapped" and "value" are sealed, "tag" and "number" are keyed. Text sorts by its bytes, as in every other store.
-- Every table has a prefix, for a host may have a `contact` of its own. MySQL commits after every CREATE: each statement may be run again, and the version is noted at the end.

-- Who decides about debtors first locks their stripes here (loansms.stores.mysql.session); the brakes lock them all.
CREATE TABLE IF NOT EXISTS loansms_ledger_stripe (
    n SMALLINT NOT NULL PRIMARY KEY
) ENGINE = InnoDB;
INSERT IGNORE INTO loansms_ledger_stripe (n)
    SELECT CAST(turn AS SIGNED) - 1
    FROM JSON_TABLE(CONCAT('[', REPEAT('0,', 1023), '0]'), '$[*]' COLUMNS (turn FOR ORDINALITY)) AS every_one;

CREATE TABLE IF NOT EXISTS loansms_attempt (
    step_key            VARCHAR(255) NOT NULL PRIMARY KEY,
    debtor              VARCHAR(255) NOT NULL,
    borrower_id         VARCHAR(255) NOT NULL,
    loan_id             VARCHAR(255),
    step                VARCHAR(255) NOT NULL,
    due_on              VARCHAR(10),
    recipient           VARCHAR(64) NOT NULL,
    purpose             VARCHAR(64) NOT NULL,
    channel             VARCHAR(64) NOT NULL,
    template            VARCHAR(255) NOT NULL,
    fingerprint         VARCHAR(255) NOT NULL,
    at                  BIGINT NOT NULL,
    versions            TEXT NOT NULL,
    state               VARCHAR(32) NOT NULL,
    lease_until         BIGINT NOT NULL,
    tries               INT NOT NULL,
    finished_at         BIGINT,
    provider_message_id VARCHAR(255),
    code                VARCHAR(255) NOT NULL,
    delivery            VARCHAR(64),
    delivery_at         BIGINT,
    delivery_code       VARCHAR(255) NOT NULL,
    token               VARCHAR(64) NOT NULL,
    tenant              VARCHAR(255) NOT NULL,
    stage               VARCHAR(255) NOT NULL,
    route               VARCHAR(255) NOT NULL,
    segments            INT NOT NULL,
    number              VARCHAR(255) NOT NULL,
    KEY attempt_debtor (debtor, at),
    KEY attempt_lease (state, lease_until),
    KEY attempt_provider_id (provider_message_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_contact (
    debtor    VARCHAR(255) NOT NULL,
    source_id VARCHAR(255) NOT NULL,
    channel   VARCHAR(64) NOT NULL,
    at        BIGINT NOT NULL,
    kind      VARCHAR(64) NOT NULL,
    purpose   VARCHAR(64),
    loan_id   VARCHAR(255),
    PRIMARY KEY (debtor, source_id),
    KEY contact_debtor (debtor, at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_suppression (
    debtor   VARCHAR(255) NOT NULL,
    code     VARCHAR(255) NOT NULL,
    at       BIGINT NOT NULL,
    until    BIGINT,
    purposes TEXT,
    PRIMARY KEY (debtor, code)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- '' stands for "no due date": a NULL would make two equal marks differ. A key has at most 3,072 bytes.
CREATE TABLE IF NOT EXISTS loansms_deferred (
    debtor  VARCHAR(255) NOT NULL,
    loan_id VARCHAR(255) NOT NULL,
    step    VARCHAR(240) NOT NULL,
    due_on  VARCHAR(10) NOT NULL,
    until   BIGINT NOT NULL,
    PRIMARY KEY (debtor, loan_id, step, due_on)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_audit (
    id      BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at      BIGINT NOT NULL,
    "by"    VARCHAR(255) NOT NULL,
    act     VARCHAR(64) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    detail  TEXT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_consent (
    debtor       VARCHAR(255) NOT NULL,
    source_id    VARCHAR(255) NOT NULL,
    at           BIGINT NOT NULL,
    purposes     TEXT NOT NULL,
    channels     TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    text_version VARCHAR(255) NOT NULL,
    source       VARCHAR(255) NOT NULL,
    evidence     TEXT NOT NULL,
    given_to     VARCHAR(255) NOT NULL,
    expires_at   BIGINT,
    PRIMARY KEY (debtor, source_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_revocation (
    debtor    VARCHAR(255) NOT NULL,
    source_id VARCHAR(255) NOT NULL,
    at        BIGINT NOT NULL,
    purposes  TEXT NOT NULL,
    channels  TEXT NOT NULL,
    scopes    TEXT NOT NULL,
    PRIMARY KEY (debtor, source_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_hold (
    debtor      VARCHAR(255) NOT NULL,
    source_id   VARCHAR(255) NOT NULL,
    kind        VARCHAR(64) NOT NULL,
    until       VARCHAR(10),
    loan_id     VARCHAR(255),
    at          BIGINT NOT NULL,
    released_at BIGINT,
    PRIMARY KEY (debtor, source_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_payment (
    debtor    VARCHAR(255) NOT NULL,
    source_id VARCHAR(255) NOT NULL,
    loan_id   VARCHAR(255) NOT NULL,
    amount    VARCHAR(64) NOT NULL,
    currency  VARCHAR(8) NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (debtor, source_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_part (
    provider_id VARCHAR(255) NOT NULL PRIMARY KEY,
    step_key    VARCHAR(255) NOT NULL,
    status      VARCHAR(64),
    KEY ledger_part_step (step_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_stop (
    scope VARCHAR(64) NOT NULL,
    named VARCHAR(255) NOT NULL,
    at    BIGINT NOT NULL,
    "by"  VARCHAR(255) NOT NULL,
    why   TEXT NOT NULL,
    PRIMARY KEY (scope, named)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- "place", "hash" and "chain" are the sealer's. Entries without a place are found by the same index, by number.
CREATE TABLE IF NOT EXISTS loansms_ledger_entry (
    number   BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at       BIGINT NOT NULL,
    kind     VARCHAR(64) NOT NULL,
    debtor   VARCHAR(255) NOT NULL,
    loan_id  VARCHAR(255) NOT NULL,
    step_key VARCHAR(255) NOT NULL,
    data     MEDIUMTEXT NOT NULL,
    place    BIGINT,
    hash     VARBINARY(64),
    chain    VARBINARY(64),
    KEY ledger_entry_debtor (debtor, number),
    KEY ledger_entry_loan (loan_id, number),
    KEY ledger_entry_place (place, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_seal (
    size      BIGINT NOT NULL PRIMARY KEY,
    root      VARBINARY(64) NOT NULL,
    chain     VARBINARY(64) NOT NULL,
    at        BIGINT NOT NULL,
    suite     VARCHAR(64) NOT NULL,
    key_id    VARCHAR(255) NOT NULL,
    signature VARBINARY(4096) NOT NULL,
    frontier  BLOB NOT NULL,
    stamp     MEDIUMBLOB NOT NULL,
    previous  BLOB NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_cursor (
    reader VARCHAR(255) NOT NULL PRIMARY KEY,
    place  BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_key (
    subject VARCHAR(255) NOT NULL PRIMARY KEY,
    suite   VARCHAR(64) NOT NULL,
    kek_id  VARCHAR(255) NOT NULL,
    wrapped VARBINARY(4096) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_sealed (
    subject    VARCHAR(255) NOT NULL,
    name       VARCHAR(255) NOT NULL,
    in_row     VARCHAR(255) NOT NULL,
    value      MEDIUMBLOB NOT NULL,
    at         BIGINT NOT NULL,
    keep_until BIGINT,
    PRIMARY KEY (subject, in_row, name),
    KEY ledger_sealed_ends (keep_until)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_tag (
    tag     VARCHAR(255) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    PRIMARY KEY (tag, subject),
    KEY ledger_tag_subject (subject)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS loansms_ledger_job (
    step_key    VARCHAR(255) NOT NULL PRIMARY KEY,
    tenant      VARCHAR(255) NOT NULL,
    borrower_id VARCHAR(255) NOT NULL,
    loan_id     VARCHAR(255) NOT NULL,
    priority    INT NOT NULL,
    not_before  BIGINT NOT NULL,
    deadline    BIGINT,
    token       VARCHAR(64) NOT NULL DEFAULT '',
    lease_until BIGINT NOT NULL DEFAULT 0,
    KEY ledger_job_turn (priority DESC, not_before, step_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
