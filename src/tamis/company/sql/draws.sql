-- Every random number is a hash of (seed, entity, purpose): no order of rows can change it.
-- Hashes are mixed again after each XOR, else two purposes of one entity would move together.

-- The hash that stands for one entity: $seed is the seed, kind the sort of entity, id its number.
CREATE OR REPLACE TEMP MACRO company_entity(kind, id) AS
    hash(xor(hash('$seed ' || kind), hash(id::BIGINT)));

-- The hash of one part or purpose of an entity.
CREATE OR REPLACE TEMP MACRO company_branch(h, purpose) AS hash(xor(h, hash(purpose)));

-- A uniform number in [0, 1): the top 53 bits of the purpose's hash.
CREATE OR REPLACE TEMP MACRO company_draw(h, purpose) AS
    (hash(xor(h, hash(purpose))) >> 11)::DOUBLE * 1.1102230246251565e-16;

-- A standard normal number (Box and Muller).
CREATE OR REPLACE TEMP MACRO company_bell(h, purpose) AS
    sqrt(-2 * ln(1 - company_draw(h, purpose || ' radius')))
    * cos(2 * pi() * company_draw(h, purpose || ' angle'));

-- An exponential number of mean 1.
CREATE OR REPLACE TEMP MACRO company_wait(h, purpose) AS -ln(1 - company_draw(h, purpose));

-- An entry of a list, each as likely.
CREATE OR REPLACE TEMP MACRO company_pick(h, purpose, list) AS
    list[1 + floor(company_draw(h, purpose) * len(list))::INTEGER];

-- A whole number whose mean is x.
CREATE OR REPLACE TEMP MACRO company_count(h, purpose, x) AS
    floor(greatest(x, 0) + company_draw(h, purpose))::INTEGER;

-- Milliseconds since midnight UTC: mostly French office hours, sometimes any hour before 22:00.
CREATE OR REPLACE TEMP MACRO company_clock(h) AS
    (CASE WHEN company_draw(h, 'shift') < 0.85
          THEN 6.5 + 5.5 * (company_draw(h, 'clock') + company_draw(h, 'clock again'))
          ELSE 22 * company_draw(h, 'clock') END * 3600000)::INTEGER;

-- An id of 36 characters, in the shape of a UUID.
CREATE OR REPLACE TEMP MACRO company_uuid(h) AS md5_number(h::VARCHAR)::UUID::VARCHAR;

-- Lower-case ASCII with dashes, for addresses.
CREATE OR REPLACE TEMP MACRO company_slug(t) AS
    regexp_replace(lower(strip_accents(t)), '[^a-z0-9]+', '-', 'g');

-- The same, but not before the lead's creation when they may share a day (12 cells at most).
CREATE OR REPLACE TEMP MACRO company_after(cells, created_at, h) AS
    CASE WHEN cells < 12 THEN greatest(created_at, company_clock(h)) ELSE company_clock(h) END;
