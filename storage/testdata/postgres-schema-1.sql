


SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;


CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;



COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';


SET default_tablespace = '';

SET default_table_access_method = heap;


CREATE TABLE public.application_names (
    name text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    application_id bigint NOT NULL,
    seal bytea NOT NULL
);



CREATE TABLE public.applications (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    contact text NOT NULL COLLATE pg_catalog."C",
    networks text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    seal bytea NOT NULL
);



CREATE TABLE public.callers (
    key_id text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    user_agent text NOT NULL COLLATE pg_catalog."C",
    first bigint NOT NULL,
    last bigint NOT NULL,
    allowed bigint NOT NULL,
    denied bigint NOT NULL
);



CREATE TABLE public.empress_schema (
    id bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT empress_schema_id_check CHECK ((id = 1))
);



CREATE TABLE public.events (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    actor_email text NOT NULL COLLATE pg_catalog."C",
    via text NOT NULL COLLATE pg_catalog."C",
    origin text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    outcome text NOT NULL COLLATE pg_catalog."C",
    key_id text NOT NULL COLLATE pg_catalog."C",
    application text NOT NULL COLLATE pg_catalog."C",
    member text NOT NULL COLLATE pg_catalog."C",
    generation bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    changes text NOT NULL COLLATE pg_catalog."C",
    note text NOT NULL COLLATE pg_catalog."C",
    mac bytea NOT NULL
);



CREATE TABLE public.grants (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    permission text NOT NULL COLLATE pg_catalog."C",
    application_id bigint NOT NULL,
    until bigint NOT NULL,
    given_by bigint NOT NULL,
    created_at bigint NOT NULL,
    ended_at bigint NOT NULL,
    seal bytea NOT NULL
);



CREATE TABLE public.head (
    id bigint NOT NULL,
    seq bigint NOT NULL,
    mac bytea NOT NULL,
    mark bigint NOT NULL,
    seal bytea NOT NULL,
    CONSTRAINT head_id_check CHECK ((id = 1))
);



CREATE TABLE public.hours (
    key_id text NOT NULL COLLATE pg_catalog."C",
    hour bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    count bigint NOT NULL
);



CREATE TABLE public.journal (
    id bigint NOT NULL,
    part text NOT NULL COLLATE pg_catalog."C",
    requests bigint NOT NULL,
    upto bigint NOT NULL,
    batch bytea NOT NULL
);



ALTER TABLE public.journal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE TABLE public.keys (
    n bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    generation bigint NOT NULL,
    hash bytea NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    application text NOT NULL COLLATE pg_catalog."C",
    owner text NOT NULL COLLATE pg_catalog."C",
    owner_id bigint NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    networks text NOT NULL COLLATE pg_catalog."C",
    rate text NOT NULL COLLATE pg_catalog."C",
    expires_at bigint NOT NULL,
    seal_key bigint NOT NULL,
    seal bytea NOT NULL,
    weak bigint NOT NULL,
    application_id bigint NOT NULL,
    application_fold text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    secret_at bigint NOT NULL,
    confirmed bigint NOT NULL,
    revision bigint NOT NULL,
    due bigint NOT NULL,
    search text NOT NULL COLLATE pg_catalog."C"
);



ALTER TABLE public.keys ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.keys_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE TABLE public.members (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    email text NOT NULL COLLATE pg_catalog."C",
    login text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    seal bytea NOT NULL
);



CREATE TABLE public.moments (
    mark bigint NOT NULL,
    at bigint NOT NULL,
    key_id text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    count bigint NOT NULL,
    user_agent text NOT NULL COLLATE pg_catalog."C",
    agents bigint NOT NULL
);



ALTER TABLE public.moments ALTER COLUMN mark ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.moments_mark_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE TABLE public.policy (
    id bigint NOT NULL,
    support text NOT NULL COLLATE pg_catalog."C",
    default_lifetime bigint NOT NULL,
    longest_lifetime bigint NOT NULL,
    unused_after bigint NOT NULL,
    secret_due_after bigint NOT NULL,
    never_allowed bigint NOT NULL,
    idle_sign_out bigint NOT NULL,
    seal bytea NOT NULL,
    CONSTRAINT policy_id_check CHECK ((id = 1))
);



CREATE TABLE public.sightings (
    key_id text NOT NULL COLLATE pg_catalog."C",
    generation bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    first bigint NOT NULL,
    last bigint NOT NULL,
    count bigint NOT NULL
);



CREATE TABLE public.sign_ins (
    member_id bigint NOT NULL,
    ssh_key bigint NOT NULL,
    at bigint NOT NULL
);



CREATE TABLE public.ssh_keys (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    line text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    removed_at bigint NOT NULL,
    seal bytea NOT NULL
);



CREATE TABLE public.superseded_secrets (
    key_id text NOT NULL COLLATE pg_catalog."C",
    generation bigint NOT NULL,
    digest bytea NOT NULL,
    at bigint NOT NULL
);



CREATE TABLE public.team (
    id bigint NOT NULL,
    database bytea NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    key_number bigint NOT NULL,
    key_check bytea NOT NULL,
    seal bytea NOT NULL,
    CONSTRAINT team_database_check CHECK ((length(database) = 16)),
    CONSTRAINT team_id_check CHECK ((id = 1))
);



CREATE TABLE public.team_hours (
    hour bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    count bigint NOT NULL
);



CREATE TABLE public.usage (
    key_id text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    user_agent text NOT NULL COLLATE pg_catalog."C",
    allowed bigint NOT NULL,
    denied bigint NOT NULL,
    unlisted bigint NOT NULL
);



CREATE TABLE public.usage_turn (
    id bigint NOT NULL,
    CONSTRAINT usage_turn_id_check CHECK ((id = 1))
);



INSERT INTO public.application_names VALUES ('shop', 'shop', 2, '\x033a1e34e2941dceaa3f27d6ab7af3b4fa832c8e3459de2348342e9078376c9c');



INSERT INTO public.applications VALUES (1, 'billing', 'billing', '', '', '', 1795768141878, '\x9f860cae268184e22797a38b337f23b255f8417bf81e13879627b47b04817f6d');
INSERT INTO public.applications VALUES (2, 'store', 'store', '', '', '10.0.0.0/8', 1795768141918, '\x892300f640b63ae86c8a193bdec61731cef34fbb0eef031a5d31a2bbd464e3c6');






INSERT INTO public.empress_schema VALUES (1, 1);



INSERT INTO public.events VALUES (1, 1795768141753, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', '\x0606b35240d5c06c98f0a2c365347361fcca790cf7c3f1295f2ced99da936451');
INSERT INTO public.events VALUES (2, 1795768141878, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', '\xb020c9bf96cd078cddff81ee4a5ef3750b129360521d7c5c25d15c789c6a09da');
INSERT INTO public.events VALUES (3, 1795768141878, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_xd2nrgp4m1gntjjcxf02', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', '\x2da50eaf43c88c132ec22111d1c341bbea156abc77e048f2a658b649c46a050e');
INSERT INTO public.events VALUES (4, 1795768141901, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_xd2nrgp4m1gntjjcxf02', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', '\x270b60c3e3507e429ae240704c18a73fcbc7c162325104f2f36e9ac0132c57e5');
INSERT INTO public.events VALUES (5, 1795768141912, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_xd2nrgp4m1gntjjcxf02', 'billing', '', 2, 'active', 'null', '', '\x23bdf70d1bc6b3b93332980db61e62cac67f1a437d6938fc27994c306d3fdd76');
INSERT INTO public.events VALUES (6, 1795768141918, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', '\x25624c44b86e60ffbf6952d92e0884b385e2b1b36e8f521a2a4e4c40af8693af');
INSERT INTO public.events VALUES (7, 1795768141918, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_brr97sb3hfgcrqkgmrt7', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-27T08:29:01Z"},{"field":"state","before":"","after":"active"}]', '', '\x979e0eb44407888b912b66417d2334307b9bb385bf9e3fc9593e1bbf3b63fd39');
INSERT INTO public.events VALUES (8, 1795768141926, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_brr97sb3hfgcrqkgmrt7', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', '\x0ecd10c7037c9e73386425b12e45e5f631c48493230b13d4ad50716e918ea434');
INSERT INTO public.events VALUES (9, 1795768141930, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', '\x697573ebe66d6550b3651a346aa64557088b214737b59847f7e1a79513e56179');
INSERT INTO public.events VALUES (10, 1795768141933, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', '\x47facedf16b5b312be9748cfcd6bb7338164c9461903242071bc138f9ebd66bd');
INSERT INTO public.events VALUES (11, 1795768141936, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', '\x489022a3df5b327a495302e6ace8b1f9f8a3e1b850bc0c9c455ada636b267977');
INSERT INTO public.events VALUES (12, 1795768141940, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T08:29:01.940Z"}]', 'keys.view', '\x810ee9e85febbd60c52ba2544323dff1a37a0842d8732d3523634884a9817dd5');
INSERT INTO public.events VALUES (13, 1795768141944, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', '\x7690fe992cc00d3b17187e2c2fba1f1d7e27663b79a44c972a48460228bff31f');
INSERT INTO public.events VALUES (14, 1795768141949, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T08:29:01.949Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', '\xb8c6da497a31f2f030bc87c926522a2097bc159fc502efe51e52cf37d3cb0aa9');
INSERT INTO public.events VALUES (15, 1795768141952, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', '\x35b4945fbc72e95048eae210dae4bbe189c70d64b20cc735bd4b095fbd93c3d3');
INSERT INTO public.events VALUES (16, 1795768141957, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', '\xfa4f47adc2fe604a77d03d12356923dd15ff425bd591784c4ae7fe747c0fa5ce');
INSERT INTO public.events VALUES (17, 1795768141962, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', '\xa72b916fdcc7d02d0e0d10945ee18e067a6ac00f8d8adec90aee3cdeae552c67');
INSERT INTO public.events VALUES (18, 1795768141968, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', '\xc8f30a5ac95c62e35dd880e1ea72bd4815de3b94eceefe66b0531ac2836b5064');



INSERT INTO public.grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795768141936, 1795768141940, '\xa487af09c743575544d0e71d34e5008242f557b4a4cc7edc2d42c53c49c78a19');



INSERT INTO public.head VALUES (1, 18, '\xc8f30a5ac95c62e35dd880e1ea72bd4815de3b94eceefe66b0531ac2836b5064', 1795768141968, '\x2e6f15930887bc256afe9bf305d4db3b46c2486fdaf4504961d1db3c4826371d');









INSERT INTO public.keys OVERRIDING SYSTEM VALUE VALUES (1, 'empk_xd2nrgp4m1gntjjcxf02', 2, '\x9bd81f73da21c6d602355e0a71cfc23f8650aaf981ef0bd9fd6649abec631a2a', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, '\x3b420a7e5a685ee8d51bbd48eff10b49b4ba419f815a66316bfd94828b1c0d0c', 0, 1, 'billing', 'Sends invoices', 1795768141878, 1795768141912, 0, 3, 0, '

billing

ada@example.com	empk_

xd2nrgp4m1gntjjcxf02	sends invoices');
INSERT INTO public.keys OVERRIDING SYSTEM VALUE VALUES (2, 'empk_brr97sb3hfgcrqkgmrt7', 1, '\xe08b2e3b816c5b006ba646265b7b46fe3f8a11408d0238a50a760e5988ffc196', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827304141918, 1, '\x08015b3beded49b4bd2f3a421d65811ad099c146cc1f8ad5ddaa0b9cb6ddf5ee', 0, 2, 'store', '', 1795768141918, 1795768141918, 0, 3, 0, '

store

ada@example.com	empk_

brr97sb3hfgcrqkgmrt7	');



INSERT INTO public.members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795768141753, '\x9389d686d80fcc6d2ac7cfcc2d5b2c3bbf7c6f26835e04e8cb9f9509e95c8cd4');
INSERT INTO public.members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795768141933, '\x91a7b293638dcf319c7a3ef792d63910fa47d040c4694def9d19ad5c7b2dc60f');






INSERT INTO public.policy VALUES (1, 'IT desk: it@example.com', 0, 0, 90, 0, 1, 15, '\xd3f78053e4f43236d31c1cc56f3dbe419cb4f12e1e7771854ed187023aaa46b3');






INSERT INTO public.sign_ins VALUES (1, 0, 1795768141807);



INSERT INTO public.ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795768141944, 1795768141949, '\x108ac90f2728fed76e7c16ad8253212d08842d7fedad48d9daf27c224889b80b');



INSERT INTO public.superseded_secrets VALUES ('empk_xd2nrgp4m1gntjjcxf02', 1, '\xd60726cab6e1f38a381de44ba5a602419258f01aaed90b1258f5312b60aa0066', 1795768141912);



INSERT INTO public.team VALUES (1, '\xcd5687f5b797fd5f915b07e9ac8ebfe0', 'Acme', 1795768141753, 1, '\xabae05f19d227af6981823327e4b0ac24027bc6298316be98daeab2ee1105f95', '\x53cf1978f3796ee11cd9bfa75b15381b68e78f7f5feeb4f848bab2d5d4618b5e');









INSERT INTO public.usage_turn VALUES (1);



SELECT pg_catalog.setval('public.journal_id_seq', 1, false);



SELECT pg_catalog.setval('public.keys_n_seq', 2, true);



SELECT pg_catalog.setval('public.moments_mark_seq', 1, false);



ALTER TABLE ONLY public.application_names
    ADD CONSTRAINT application_names_pkey PRIMARY KEY (name);



ALTER TABLE ONLY public.applications
    ADD CONSTRAINT applications_name_key UNIQUE (name);



ALTER TABLE ONLY public.applications
    ADD CONSTRAINT applications_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.callers
    ADD CONSTRAINT callers_pkey PRIMARY KEY (key_id, address, user_agent);



ALTER TABLE ONLY public.empress_schema
    ADD CONSTRAINT empress_schema_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);



ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.hours
    ADD CONSTRAINT hours_pkey PRIMARY KEY (key_id, hour, reason);



ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_id_key UNIQUE (id);



ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (n);



ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_email_key UNIQUE (email);



ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.moments
    ADD CONSTRAINT moments_pkey PRIMARY KEY (mark);



ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.sightings
    ADD CONSTRAINT sightings_pkey PRIMARY KEY (key_id, generation, address);



ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_pkey PRIMARY KEY (member_id, ssh_key);



ALTER TABLE ONLY public.ssh_keys
    ADD CONSTRAINT ssh_keys_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.superseded_secrets
    ADD CONSTRAINT superseded_secrets_pkey PRIMARY KEY (key_id, generation);



ALTER TABLE ONLY public.team_hours
    ADD CONSTRAINT team_hours_pkey PRIMARY KEY (hour, reason);



ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_pkey PRIMARY KEY (id);



ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (key_id);



ALTER TABLE ONLY public.usage_turn
    ADD CONSTRAINT usage_turn_pkey PRIMARY KEY (id);



CREATE INDEX application_names_application ON public.application_names USING btree (application_id);



CREATE INDEX application_names_fold ON public.application_names USING btree (fold);



CREATE INDEX applications_fold ON public.applications USING btree (fold);



CREATE INDEX events_action ON public.events USING btree (action, seq);



CREATE INDEX events_actor ON public.events USING btree (actor_email, seq);



CREATE INDEX events_application ON public.events USING btree (application, seq);



CREATE INDEX events_key ON public.events USING btree (key_id, seq);



CREATE INDEX events_member ON public.events USING btree (member, seq);



CREATE INDEX grants_member ON public.grants USING btree (member_id);



CREATE INDEX hours_hour ON public.hours USING btree (hour);



CREATE INDEX journal_part ON public.journal USING btree (part);



CREATE INDEX keys_application ON public.keys USING btree (application_fold, id);



CREATE INDEX keys_created ON public.keys USING btree (created_at, id);



CREATE INDEX keys_due ON public.keys USING btree (due) WHERE (due > 0);



CREATE INDEX keys_expiry ON public.keys USING btree (expires_at, id, state);



CREATE INDEX keys_of_application ON public.keys USING btree (application_id, state, expires_at);



CREATE INDEX keys_owned ON public.keys USING btree (owner_id, application_fold, id);



CREATE INDEX keys_owner ON public.keys USING btree (owner, id);



CREATE INDEX keys_searched ON public.keys USING gin (search public.gin_trgm_ops);



CREATE INDEX keys_secret ON public.keys USING btree (secret_at);



CREATE INDEX keys_state ON public.keys USING btree (state, application_fold, id) WHERE (state <> 'active'::text);



CREATE INDEX keys_unconfirmed ON public.keys USING btree (state, confirmed, generation) WHERE (confirmed < generation);



CREATE UNIQUE INDEX members_login ON public.members USING btree (login) WHERE (login <> ''::text);



CREATE INDEX sightings_last ON public.sightings USING btree (last);



CREATE UNIQUE INDEX ssh_keys_fingerprint ON public.ssh_keys USING btree (fingerprint) WHERE (removed_at = 0);



CREATE INDEX ssh_keys_member ON public.ssh_keys USING btree (member_id);



CREATE INDEX superseded_secrets_at ON public.superseded_secrets USING btree (at);



ALTER TABLE ONLY public.application_names
    ADD CONSTRAINT application_names_application_id_fkey FOREIGN KEY (application_id) REFERENCES public.applications(id);



ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_given_by_fkey FOREIGN KEY (given_by) REFERENCES public.members(id);



ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);



ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_application_id_fkey FOREIGN KEY (application_id) REFERENCES public.applications(id);



ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.members(id);



ALTER TABLE ONLY public.ssh_keys
    ADD CONSTRAINT ssh_keys_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);



ALTER TABLE ONLY public.superseded_secrets
    ADD CONSTRAINT superseded_secrets_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.keys(id);




