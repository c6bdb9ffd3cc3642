select a.base, a.recorded_at, a.heads, a.known, a.known_fingerprint, a.known_first, a.known_last, a.failed, a.failed_condition,
       a.stayed, a.stayed_store, a.stayed_epoch, a.stayed_at
  from {schema}.append(
       $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
       $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44) a
