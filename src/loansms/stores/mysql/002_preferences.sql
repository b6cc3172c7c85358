-- What people asked for about how they are written to; "told" is a JSON object of words, hours and ids.
CREATE TABLE IF NOT EXISTS loansms_ledger_preference (
    debtor    VARCHAR(255) NOT NULL,
    source_id VARCHAR(255) NOT NULL,
    at        BIGINT NOT NULL,
    told      TEXT NOT NULL,
    PRIMARY KEY (debtor, source_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
