/* Readers from Debian's C packages, which parse with jansson: jansson NAME < cases. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef LIBJWT
#include <jwt.h>
#else
#include <rhonabwy.h>
#endif

/* What it says in claims, or NULL. */
#ifdef LIBJWT
static char *read_token(const char *token, const unsigned char *key, int length, const char *algorithm, const char *audience) {
  jwt_t *jwt = NULL;
  jwt_valid_t *valid = NULL;
  char *claims = NULL;
  jwt_valid_new(&valid, algorithm ? jwt_str_alg(algorithm) : JWT_ALG_NONE);
  jwt_valid_set_now(valid, time(NULL));
  if (audience) jwt_valid_add_grant(valid, "aud", audience);
  if (!jwt_decode(&jwt, token, key, length) && !jwt_validate(jwt, valid)) claims = jwt_get_grants_json(jwt, NULL);
  jwt_valid_free(valid);
  jwt_free(jwt);
  return claims;
}
#else
static char *read_token(const char *token, const unsigned char *key, int length, const char *algorithm, const char *audience) {
  jwt_t *jwt = NULL;
  jwk_t *jwk = NULL;
  char *claims = NULL;
  r_jwt_init(&jwt);
  r_jwk_init(&jwk);
  r_jwk_import_from_symmetric_key(jwk, key, length);
  if (algorithm) r_jwk_set_property_str(jwk, "alg", algorithm);
  if (r_jwt_parse(jwt, token, 0) == RHN_OK && r_jwt_verify_signature(jwt, jwk, 0) == RHN_OK &&
      r_jwt_validate_claims(jwt, R_JWT_CLAIM_EXP, R_JWT_CLAIM_NOW, R_JWT_CLAIM_NBF, R_JWT_CLAIM_NOW,
                            audience ? R_JWT_CLAIM_AUD : R_JWT_CLAIM_NOP, audience, R_JWT_CLAIM_NOP) == RHN_OK)
    claims = r_jwt_get_full_claims_str(jwt);
  r_jwk_free(jwk);
  r_jwt_free(jwt);
  return claims;
}
#endif

int main(void) {
  char token[4096], hex[512], algorithm[16], audience[128];
  while (scanf("%4095s %511s %15s %127s", token, hex, algorithm, audience) == 4) {
    unsigned char key[256];
    int length = strlen(hex) / 2;
    for (int i = 0; i < length; i++) sscanf(hex + 2 * i, "%2hhx", &key[i]);
    char *claims = read_token(token, key, length, strcmp(algorithm, "-") ? algorithm : NULL,
                              strcmp(audience, "-") ? audience : NULL);
    printf(claims ? "claims %s\n" : "refused\n", claims);
    free(claims);
  }
  return 0;
}
